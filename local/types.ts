/** The account and region the runner stands in for. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** What a permission check said. `principal` is the ARN of the role that was refused. */
export type AccessDecision = { allowed: true } | { allowed: false; principal: string; reason: string };

/** Says whether the holder of an access key may do an action on a resource (ARN). */
export interface Access {
  check(accessKeyId: string, action: string, resourceArn: string): AccessDecision;
}

/** How one invocation of a function ended; `error` is what it threw, or a time-out, in Lambda's own shape. */
export type Invocation =
  | { ok: true; payload: unknown; milliseconds: number }
  | { ok: false; error: { errorType: string; errorMessage: string; trace?: string[] } };

/** Runs deployed functions. */
export interface Functions {
  invoke(functionArn: string, event: unknown): Promise<Invocation>;
}

/** Takes one line of the runner's log. */
export interface Log {
  (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void;
}
