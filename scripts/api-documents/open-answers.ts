import * as z from 'zod';

/**
 * What we send may grow: an object that is not strict says nothing of other fields, so that a client made from the document takes a newer
 * server's answer.
 */
export function openAnswers({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
  const isOpen = zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined;
  if (isOpen && 'additionalProperties' in jsonSchema) delete jsonSchema.additionalProperties;
}
