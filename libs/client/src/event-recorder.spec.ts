import { describe, expect, it } from '@jest/globals';
import { type KubeObject, StatusError } from '#apimachinery';
import { Random, sandboxId } from '#base';
import type { CoreV1Event } from '#kinds';
import { FakeClock } from '#testing';
import type { ClusterApi } from './api.js';
import { newEventRecorder } from './event-recorder.js';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u1', resourceVersion: '7' },
};

function aRecorder() {
  const clock = new FakeClock();
  const created: CoreV1Event[] = [];
  const patched: object[] = [];
  const failures: Error[] = [];
  const api = {
    async create(_ref: unknown, event: CoreV1Event) {
      const failure = failures.shift();
      if (failure) throw failure;
      created.push(event);
      return event;
    },
    async patch(_ref: unknown, _namespace: string, name: string, { patch }: { patch: object }) {
      const failure = failures.shift();
      if (failure) throw failure;
      patched.push({ name, ...patch });
    },
  } as unknown as ClusterApi;
  const env = { id: sandboxId('lab')!, clock, random: new Random('x') };
  const recorder = newEventRecorder(api, env, { name: 'kubelet', host: 'node01' }, { clock });
  return { recorder, clock, created, patched, failures };
}

describe('an event recorder', () => {
  it("writes events of upstream's shape", async () => {
    const { recorder, created } = aRecorder();
    recorder.event(pod, 'Normal', 'Pulled', 'Container image "nginx" already present on machine', 'spec.containers{c}');
    expect(created).toEqual([]);
    await recorder.settled();
    const [{ metadata, ...event }] = created as [CoreV1Event];
    expect(metadata.name).toMatch(/^web\.18[0-9a-f]{14}$/);
    expect(metadata.namespace).toBe('default');
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        kind: 'Pod',
        namespace: 'default',
        name: 'web',
        uid: 'u1',
        apiVersion: 'v1',
        resourceVersion: '7',
        fieldPath: 'spec.containers{c}',
      },
      reason: 'Pulled',
      message: 'Container image "nginx" already present on machine',
      source: { component: 'kubelet', host: 'node01' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
      type: 'Normal',
      reportingComponent: 'kubelet',
      reportingInstance: 'node01',
    });
  });

  it('names events of one moment in the order in which they were recorded', async () => {
    const { recorder, created } = aRecorder();
    for (let i = 0; i < 50; i++) recorder.event(pod, 'Normal', `R${i}`, 'text');
    await recorder.settled();
    const names = created.map(({ metadata }) => metadata.name!);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(names.toSorted());
  });

  it('counts repeats on the first event', async () => {
    const { recorder, clock, created, patched } = aRecorder();
    for (let i = 0; i < 3; i++) {
      recorder.event(pod, 'Warning', 'BackOff', 'Back-off restarting failed container');
      await recorder.settled();
      await clock.advance(10_000);
    }
    expect(created.length).toBe(1);
    const { name } = created[0]!.metadata;
    expect(patched).toEqual([
      { name, count: 2, lastTimestamp: '2026-01-01T00:00:10Z', message: 'Back-off restarting failed container' },
      { name, count: 3, lastTimestamp: '2026-01-01T00:00:20Z', message: 'Back-off restarting failed container' },
    ]);
  });

  it('makes the event anew when the counted one has expired', async () => {
    const { recorder, created, failures } = aRecorder();
    recorder.event(pod, 'Normal', 'A', 'm');
    await recorder.settled();
    failures.push(StatusError.notFound({ group: '', resource: 'events' }, 'x'));
    recorder.event(pod, 'Normal', 'A', 'm');
    await recorder.settled();
    expect(created.map(({ count }) => count)).toEqual([1, 2]);
  });

  it('combines many different messages, and drops a storm', async () => {
    const { recorder, clock, created, patched } = aRecorder();
    for (let i = 0; i < 100; i++) recorder.event(pod, 'Normal', 'SuccessfulCreate', `Created pod: ${i}`);
    await recorder.settled();
    expect(created.map(({ message }) => message)).toEqual([
      ...Array.from({ length: 9 }, (_, i) => `Created pod: ${i}`),
      '(combined from similar events): Created pod: 9',
    ]);
    expect(created.length + patched.length).toBe(25);
    // One more may be said every five minutes.
    await clock.advance(300_000);
    recorder.event(pod, 'Normal', 'Other', 'one');
    recorder.event(pod, 'Normal', 'Other', 'two');
    await recorder.settled();
    expect(created.at(-1)?.message).toBe('one');
    expect(created.length).toBe(11);
  });

  it('keeps the order of what is said of one object, and does not wait for others', async () => {
    const { recorder, created } = aRecorder();
    for (let i = 0; i < 5; i++) {
      recorder.event(pod, 'Normal', 'A', `${i}`);
      recorder.event({ ...pod, metadata: { ...pod.metadata, uid: 'u2', name: 'db' } }, 'Normal', 'A', `${i}`);
    }
    await recorder.settled();
    const of = (name: string) => created.filter((e) => e.involvedObject.name === name).map(({ message }) => message);
    expect([of('web'), of('db')]).toEqual([
      ['0', '1', '2', '3', '4'],
      ['0', '1', '2', '3', '4'],
    ]);
  });

  it('tries again while the server is away, gives up what is refused, and never throws', async () => {
    const { recorder, clock, created, failures } = aRecorder();
    failures.push(StatusError.unavailable('away'), StatusError.unavailable('away'));
    recorder.event(pod, 'Normal', 'A', 'patient');
    await clock.advance(1000);
    await recorder.settled();
    failures.push(StatusError.forbidden({ group: '', resource: 'events' }, '', 'namespace is being terminated'));
    recorder.event(pod, 'Normal', 'A', 'refused');
    await recorder.settled();
    expect(created.map(({ message }) => message)).toEqual(['patient']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('puts events about cluster-scoped objects into default', async () => {
    const { recorder, created } = aRecorder();
    recorder.event(
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node01', uid: 'n' } },
      'Normal',
      'Starting',
      'm',
    );
    await recorder.settled();
    expect(created[0]!.metadata.namespace).toBe('default');
    expect(created[0]!.involvedObject).not.toHaveProperty('namespace');
  });
});
