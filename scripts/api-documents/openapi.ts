import * as z from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiObject, ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { api } from '../../contract/api.ts';
import { errorKinds, Problem } from '../../contract/errors.ts';
import { publicPath } from '../../contract/route.ts';
import type { Route, RouteAuth } from '../../contract/route.ts';
import { openAnswers } from './open-answers.ts';
import packageJson from '../../package.json' with { type: 'json' };

/** The OpenAPI 3.1 document of every route in the contract. */
export function openApiDocument(): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const group of Object.values(api)) {
    for (const [name, route] of Object.entries(group) as [string, Route][]) {
      const path = publicPath(route);
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
    }
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Streambed',
      version: packageJson.version,
      description: packageJson.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A user token from POST /v1/tokens' },
        apiKey: { type: 'http', scheme: 'bearer', description: "The workspace's API key, on a server only" },
      },
    },
  };
  return createDocument(document, { override: openAnswers });
}

const security: Record<RouteAuth, Record<string, string[]>[]> = {
  none: [],
  apiKey: [{ apiKey: [] }],
  user: [{ userToken: [] }],
  userOrApiKey: [{ userToken: [] }, { apiKey: [] }],
};

function operation(name: string, route: Route): ZodOpenApiOperationObject {
  const headers = z.object(Object.fromEntries(route.headers.map((header) => [header, z.string().optional()])));
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    security: security[route.auth],
    requestParams: {
      ...(Object.keys(route.params.shape).length > 0 && { path: route.params }),
      ...(route.query instanceof z.ZodObject && Object.keys(route.query.shape).length > 0 && { query: route.query }),
      ...(route.headers.length > 0 && { header: headers }),
    },
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, schema]) => [
          status,
          { description: describe(Number(status)), ...(schema && { content: { [route.produces ?? 'application/json']: { schema } } }) },
        ]),
      ),
      default: { description: 'A problem (RFC 9457)', content: { 'application/problem+json': { schema: Problem } } },
    },
  };
}

function describe(status: number): string {
  if (status === 201) return 'Created';
  if (status === 200) return 'Done, or done before';
  return Object.values(errorKinds).find((kind) => kind.status === status)?.title ?? String(status);
}
