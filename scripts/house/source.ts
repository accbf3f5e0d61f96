import ts from 'typescript';

/** A parsed TypeScript file. */
export interface Source {
  readonly file: string;
  readonly tree: ts.SourceFile;
  /** Message with the place of a node: `file:line: message`. */
  readonly at: (node: ts.Node, message: string) => string;
}

export function parseSource(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  return { file, tree, at: (node, message) => `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}: ${message}` };
}

/** Yields `node` and all nodes below it, in source order. */
export function* walk(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* walk(child);
}
