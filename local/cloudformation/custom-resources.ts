import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CustomResourceDefinition } from '../definitions.ts';
import type { Functions } from '../types.ts';

/** Attributes of custom resources, by the text that stands for each in the resolved templates. */
export type Attributes = ReadonlyMap<string, string>;

/**
 * Creates the custom resources as CloudFormation does: invokes each function and takes the attributes that it puts to an address. Throws
 * when a function fails, with its reason.
 */
export async function createCustomResources(resources: readonly CustomResourceDefinition[], functions: Functions): Promise<Attributes> {
  const answers = new Map<string, unknown>();
  const server = await listen(answers);
  try {
    const { port } = server.address() as AddressInfo;
    const created = resources.map((resource) => create(resource, functions, `http://127.0.0.1:${port}`, answers));
    return new Map((await Promise.all(created)).flat());
  } finally {
    server.close();
  }
}

/** Replaces the text that stands for an attribute with its value. */
export const fillAttributes = (text: string, attributes: Attributes): string =>
  [...attributes].reduce((filled, [placeholder, value]) => filled.replaceAll(placeholder, () => value), text);

async function create(
  { logicalId, functionArn, properties, placeholderOf }: CustomResourceDefinition,
  functions: Functions,
  address: string,
  answers: ReadonlyMap<string, unknown>,
): Promise<[string, string][]> {
  const RequestId = randomUUID();
  const event = {
    RequestType: 'Create',
    ResponseURL: `${address}/${RequestId}`,
    StackId: 'local',
    RequestId,
    LogicalResourceId: logicalId,
    ResourceType: 'AWS::CloudFormation::CustomResource',
    ResourceProperties: properties,
  };
  const invocation = await functions.invoke(functionArn, event);
  if (!invocation.ok) throw new Error(`The custom resource ${logicalId} failed: ${invocation.error.errorMessage}`);
  const answer = answers.get(`/${RequestId}`) as { Status?: string; Reason?: string; Data?: Record<string, string> } | undefined;
  if (answer?.Status !== 'SUCCESS') throw new Error(`The custom resource ${logicalId} failed: ${answer?.Reason ?? 'it gave no answer'}`);
  return Object.entries(answer.Data ?? {}).map(([name, value]) => [placeholderOf(name), value]);
}

/** Opens the address that answers are put to. */
function listen(answers: Map<string, unknown>): Promise<Server> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      answers.set(request.url ?? '', JSON.parse(text));
      response.writeHead(200, { connection: 'close' }).end();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
