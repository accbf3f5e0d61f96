import ts from 'typescript';

/** A TypeScript file as the rules see it. */
export interface Source {
  readonly file: string;
  readonly tree: ts.SourceFile;
  /** `file:line: message` for a place in it. */
  readonly at: (node: ts.Node, message: string) => string;
}

export function parseSource(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  return { file, tree, at: (node, message) => `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}: ${message}` };
}

/** Every node under `node`, itself first. */
export function* walk(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* walk(child);
}
