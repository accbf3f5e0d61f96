/** Message from the runner to an execution environment. The event is JSON text, as in AWS. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly event: string;
  /** Deadline in epoch milliseconds. */
  readonly deadline: number;
}

/** A thrown value in the form of Lambda's error reports. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** Message from an execution environment to the runner. The runner sends nothing before `ready`. */
export type EnvironmentMessage =
  | { kind: 'ready'; initMilliseconds: number }
  | { kind: 'init-failed'; error: FunctionError }
  | { kind: 'answered'; requestId: string; payload: string }
  | { kind: 'threw'; requestId: string; error: FunctionError };

/** Start parameters of an execution environment. */
export interface EnvironmentStart {
  readonly modulePath: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
}
