import type { App } from 'aws-cdk-lib/core';
import { DataStack } from './data-stack.ts';
import { addChecks } from './platform/checks.ts';
import { ServiceStack } from './service-stack.ts';
import { readStage } from './stage.ts';
import { WebStack } from './web-stack.ts';

export interface Built {
  /** Folder of the functions' bundles. */
  readonly code: string;
  /** Folder of the web app. */
  readonly web: string;
}

/** Adds the stacks of the stage that the context names. */
export function addStreambed(app: App, built: Built): void {
  const stage = readStage(app);
  const data = new DataStack(app, { stage });
  const service = new ServiceStack(app, { stage, data, code: built.code });
  new WebStack(app, { stage, data, service, page: built.web });
  addChecks(app);
}
