import ts from 'typescript';
import { checkDocComments } from './comment-rules.ts';
import { walk } from './source.ts';
import type { Source } from './source.ts';

/** Checks the rules that need the syntax tree. */
export function checkSource(source: Source): string[] {
  const faults = [...checkImports(source), ...checkExports(source), ...checkDocComments(source)];
  for (const node of walk(source.tree))
    faults.push(...checkStatement(source, node), ...checkReach(source, node), ...checkTest(source, node));
  return faults;
}

/** Refuses `import { z }`, which bundles all of zod; with `import * as z` a bundler drops the unused parts. */
function checkImports({ tree, at }: Source): string[] {
  return tree.statements
    .filter(ts.isImportDeclaration)
    .filter(({ moduleSpecifier }) => ts.isStringLiteral(moduleSpecifier) && /^zod(\/|$)/.test(moduleSpecifier.text))
    .filter(({ importClause }) => !importClause?.namedBindings || !ts.isNamespaceImport(importClause.namedBindings))
    .map((node) => at(node, "import zod as `import * as z from 'zod'`"));
}

/** Refuses barrels: an import names the file that defines the thing. A deployed file has one export, the handler. */
function checkExports({ file, tree, at }: Source): string[] {
  const passedOn = tree.statements.filter((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined);
  const faults = passedOn.map((node) => at(node, 'passes on exports of another file; import them from where they are'));
  if (!file.endsWith('.lambda.ts')) return faults;
  const names = tree.statements.flatMap(exportedNames);
  if (names.join() !== 'handler') faults.push(`${file}:1: exports ${names.join(', ') || 'nothing'}; a deployed file exports only handler`);
  return faults;
}

function exportedNames(node: ts.Statement): string[] {
  if (ts.isExportAssignment(node)) return ['default'];
  if (ts.isExportDeclaration(node)) {
    return node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements.map(({ name }) => name.text) : ['*'];
  }
  if (!ts.canHaveModifiers(node) || !ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
  return 'name' in node && node.name ? [(node.name as ts.Node).getText()] : ['?'];
}

/** SQL in lower case, as in this repository, so that a sentence which begins with "Select" does not match. */
const sqlStart =
  /^\s*(select\s[\s\S]+\sfrom\s|with\s+\w+\s+as\s*\(|insert\s+into\s|update\s+\w+(\s+\w+)?\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|function|role|policy)\s)/;
const mayHoldSql = (file: string) => /store\.ts$|^functions\/platform\/|^(local|test|bench|scripts)\//.test(file);

/** Restricts SQL to stores and the platform, where readers look for it. */
function checkStatement({ file, at }: Source, node: ts.Node): string[] {
  if (mayHoldSql(file) || !(ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))) return [];
  const text = ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : node.text;
  return sqlStart.test(text) ? [at(node, 'SQL belongs into a store.ts, functions/platform or a migration')] : [];
}

/** The two doors that lead out of a change, and the client that they use. */
const sendsToQueues = /^functions\/platform\/(outbox|nudge|queues)\.ts$/;

/** Allows one reader of the environment in the functions, and one reader of CDK context in the infrastructure. */
function checkReach({ file, at }: Source, node: ts.Node): string[] {
  if (!ts.isPropertyAccessExpression(node)) return [];
  if (/^(functions|contract|client|web\/src)\//.test(file) && file !== 'functions/platform/config.ts' && node.getText() === 'process.env')
    return [at(node, 'only functions/platform/config.ts reads the environment')];
  if (/^(lib|bin)\//.test(file) && file !== 'lib/stage.ts' && /^(tryGetContext|getContext)$/.test(node.name.text))
    return [at(node, 'only lib/stage.ts reads CDK context')];
  if (file.startsWith('functions/') && !sendsToQueues.test(file) && /(^|\.)queues\.(send|sendLater)$/.test(node.getText()))
    return [at(node, 'only functions/platform/outbox.ts (must arrive) and nudge.ts (may be lost) send to queues')];
  return [];
}

/** Refuses skipped tests and tests that silence others: neither fails when the code is wrong. */
function checkTest({ file, at }: Source, node: ts.Node): string[] {
  if (!file.endsWith('.test.ts') || !ts.isCallExpression(node)) return [];
  const called = node.expression.getText();
  return /^(test|it|describe)(\.\w+)*\.(only|skip|todo|failing)(\.\w+)*$|^(xit|fit|xdescribe|fdescribe|xtest)$/.test(called)
    ? [at(node, `${called} leaves tests out`)]
    : [];
}
