import { registryOf } from '#base';
import { alpine } from './alpine.image.js';
import { busybox } from './busybox.image.js';
import { debian } from './debian.image.js';
import { defaultImage } from './default.image.js';
import { echoServer } from './echo-server.image.js';
import { helloWorld } from './hello-world.image.js';
import { httpd } from './httpd.image.js';
import type { ImageModel } from './image.js';
import { type ImageRef, parseImageRef } from './image-ref.js';
import { mysql } from './mysql.image.js';
import { nginx } from './nginx.image.js';
import { node } from './node.image.js';
import { pause } from './pause.image.js';
import { postgres } from './postgres.image.js';
import { python } from './python.image.js';
import { redis } from './redis.image.js';

/** Every image model. */
export const images: readonly ImageModel[] = [
  alpine,
  busybox,
  debian,
  defaultImage,
  echoServer,
  helloWorld,
  httpd,
  mysql,
  nginx,
  node,
  pause,
  postgres,
  python,
  redis,
];

const repositoryOf = ({ host, repository }: ImageRef) => `${host}/${repository}`;

const byRepository = registryOf(
  'image',
  images.flatMap((model) => model.names.map((name) => ({ name: repositoryOf(parseImageRef(name)), model }))),
  ({ name }) => name,
);

/** The model that stands for an image. */
export function imageModelOf(ref: ImageRef): ImageModel {
  return byRepository.get(repositoryOf(ref))?.model ?? defaultImage;
}
