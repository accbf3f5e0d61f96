/** What the runner sends into an execution environment. The event is JSON text, as it is in AWS. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly event: string;
  /** Epoch milliseconds at which the time is up. */
  readonly deadline: number;
}

/** A thrown value in the form in which Lambda reports it. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** What an execution environment sends back. Before `ready` nothing may be sent to it. */
export type EnvironmentMessage =
  | { kind: 'ready'; initMilliseconds: number }
  | { kind: 'init-failed'; error: FunctionError }
  | { kind: 'answered'; requestId: string; payload: string }
  | { kind: 'threw'; requestId: string; error: FunctionError };

/** What an execution environment is told at its birth. */
export interface EnvironmentStart {
  readonly modulePath: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
}
