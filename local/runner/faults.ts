import { AwsError, type JsonService, type Operation } from '../aws-endpoint.ts';

/** A call of an AWS service that is to fail. */
export interface FaultPoint {
  /** Construct id of the function that calls: `StreamsHttp`. */
  readonly caller: string;
  /** `sqs:SendMessage`, `execute-api:ManageConnections`. */
  readonly action: string;
  /** `before` the call has its effect, or `after` it and before the caller knows. */
  readonly when: 'before' | 'after';
  /** `kill` ends all environments of the caller, `fail` answers with a server error. */
  readonly effect: 'kill' | 'fail';
  /** Number of such calls that succeed first; none by default. */
  readonly skip?: number;
  /** Number of calls that fail; one by default. */
  readonly times?: number;
}

/** A configured fault. */
export interface Fault {
  /** Number of calls that have failed. */
  readonly hits: number;
  /** Resolves at the first failed call. */
  readonly struck: Promise<void>;
  remove(): void;
}

export interface Faults {
  set(point: FaultPoint): Fault;
  /** Wraps a service so that its calls can fail. */
  around(service: JsonService): JsonService;
  /** Applies the faults to one call; throws when one matches. */
  strike(accessKeyId: string, action: string, when: FaultPoint['when']): Promise<void>;
}

interface ArmedFault {
  readonly point: FaultPoint;
  skip: number;
  left: number;
  hits: number;
  readonly struck: PromiseWithResolvers<void>;
}

/** Fault injection for tests of the app's reaction. `callerOf` names the function behind an access key. */
export function createFaults(options: {
  callerOf(accessKeyId: string): string | undefined;
  kill(caller: string): Promise<unknown>;
}): Faults {
  const armed = new Set<ArmedFault>();

  const strike = async (accessKeyId: string, action: string, when: FaultPoint['when']): Promise<void> => {
    if (armed.size === 0) return;
    const caller = options.callerOf(accessKeyId);
    for (const fault of armed) {
      if (fault.point.caller !== caller || fault.point.action !== action || fault.point.when !== when) continue;
      if (fault.skip > 0) fault.skip--;
      else {
        if (--fault.left <= 0) armed.delete(fault);
        fault.hits++;
        if (fault.point.effect === 'kill') await options.kill(caller);
        fault.struck.resolve();
        throw new AwsError('InternalFailure', 'A fault that was set on purpose', { status: 500 });
      }
    }
  };

  const wrap = (operation: Operation): Operation => ({
    permission: (input) => operation.permission(input),
    run(input, call) {
      if (armed.size === 0) return operation.run(input, call);
      return runWithFaults(operation, input, call);
    },
  });
  const runWithFaults = async (operation: Operation, ...[input, call]: Parameters<Operation['run']>): Promise<unknown> => {
    const { action } = operation.permission(input);
    await strike(call.accessKeyId, action, 'before');
    const result = await operation.run(input, call);
    await strike(call.accessKeyId, action, 'after');
    return result;
  };

  return {
    strike,
    around: (service) => ({
      ...service,
      operations: Object.fromEntries(Object.entries(service.operations).map(([name, operation]) => [name, wrap(operation)])),
    }),
    set(point) {
      const fault: ArmedFault = { point, skip: point.skip ?? 0, left: point.times ?? 1, hits: 0, struck: Promise.withResolvers() };
      armed.add(fault);
      return {
        get hits() {
          return fault.hits;
        },
        struck: fault.struck.promise,
        remove: () => void armed.delete(fault),
      };
    },
  };
}
