/** An error in Qdrant's form. */
export class QdrantError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const wrongInput = (message: string, status = 400): QdrantError => new QdrantError(status, `Wrong input: ${message}`);
export const notFound = (message: string): QdrantError => new QdrantError(404, `Not found: ${message}`);
export const formatError = (message: string): QdrantError => new QdrantError(400, `Format error in JSON body: ${message}`);
export const invalid = (message: string): QdrantError => new QdrantError(422, `Validation error in JSON body: [${message}]`);
export const noCollection = (name: string): QdrantError => notFound(`Collection \`${name}\` doesn't exist!`);
export const noVector = (name: string): QdrantError => wrongInput(`Not existing vector name error: ${name}`);
