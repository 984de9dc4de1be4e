import { type DynamicModule, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { FrontDoorOptions } from './door.js';
import { FrontDesk } from './front-desk.js';
import { registerRoutes } from './kubernetes.routes.js';

export const FRONT_DOOR_OPTIONS = Symbol('FRONT_DOOR_OPTIONS');

/** Puts the routes onto the Fastify instance below Nest: requests pay for Fastify, not for Nest's pipeline. */
@Injectable()
class KubernetesRoutes implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(FrontDesk) private readonly desk: FrontDesk,
    @Inject(FRONT_DOOR_OPTIONS) private readonly options: FrontDoorOptions,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    registerRoutes(fastify, this.desk, this.options);
  }
}

@Module({})
export class HttpModule {
  static register(options: FrontDoorOptions, serverAddress: () => string): DynamicModule {
    return {
      module: HttpModule,
      providers: [
        { provide: FRONT_DOOR_OPTIONS, useValue: options },
        { provide: FrontDesk, useFactory: () => new FrontDesk(options, serverAddress) },
        KubernetesRoutes,
      ],
      exports: [FrontDesk],
    };
  }
}
