/** The emulated account and region. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** Result of a permission check. `principal` is the ARN of the refused role. */
export type AccessDecision = { allowed: true } | { allowed: false; principal: string; reason: string };

/** Checks whether the holder of an access key may do an action on a resource (ARN). */
export interface Access {
  check(accessKeyId: string, action: string, resourceArn: string): AccessDecision;
}

/** Outcome of one invocation; `error` is the thrown value or a timeout, in Lambda's form. */
export type Invocation =
  | { ok: true; payload: unknown; milliseconds: number }
  | { ok: false; error: { errorType: string; errorMessage: string; trace?: string[] } };

/** Invokes deployed functions. */
export interface Functions {
  invoke(functionArn: string, event: unknown): Promise<Invocation>;
}

/** Writes one line of the runner's log. */
export interface Log {
  (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void;
}
