import * as z from 'zod';

/** Opens schemas of answers for additional fields, so that a client generated from the document accepts a newer server's answers. */
export function openAnswers({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
  const isOpen = zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined;
  if (isOpen && 'additionalProperties' in jsonSchema) delete jsonSchema.additionalProperties;
}
