import ts from 'typescript';
import { walk } from './source.ts';
import type { Source } from './source.ts';

/** The rules that need to understand the code. */
export function checkSource(source: Source): string[] {
  const faults = [...checkImports(source), ...checkExports(source)];
  for (const node of walk(source.tree))
    faults.push(...checkStatement(source, node), ...checkReach(source, node), ...checkTest(source, node));
  return faults;
}

/** `import * as z` lets a bundler drop what is not used of zod; `import { z }` takes all of it along. */
function checkImports({ tree, at }: Source): string[] {
  return tree.statements
    .filter(ts.isImportDeclaration)
    .filter(({ moduleSpecifier }) => ts.isStringLiteral(moduleSpecifier) && /^zod(\/|$)/.test(moduleSpecifier.text))
    .filter(({ importClause }) => !importClause?.namedBindings || !ts.isNamespaceImport(importClause.namedBindings))
    .map((node) => at(node, "import zod as `import * as z from 'zod'`"));
}

/** No barrels: a thing is imported from where it is. A deployed file has one export, the handler. */
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

/** As SQL is written here: in lower case. A sentence that begins with "Select" is none. */
const sqlStart =
  /^\s*(select\s[\s\S]+\sfrom\s|with\s+\w+\s+as\s*\(|insert\s+into\s|update\s+\w+(\s+\w+)?\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|function|role|policy)\s)/;
const mayHoldSql = (file: string) => /store\.ts$|^functions\/platform\/|^(local|test|bench|scripts)\//.test(file);

/** SQL stands in stores and in the platform, where it is looked for. */
function checkStatement({ file, at }: Source, node: ts.Node): string[] {
  if (mayHoldSql(file) || !(ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))) return [];
  const text = ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : node.text;
  return sqlStart.test(text) ? [at(node, 'SQL belongs into a store.ts, functions/platform or a migration')] : [];
}

/** One reader of the environment in the functions, one reader of CDK context in the infrastructure. */
function checkReach({ file, at }: Source, node: ts.Node): string[] {
  if (!ts.isPropertyAccessExpression(node)) return [];
  if (/^(functions|contract|client|web\/src)\//.test(file) && file !== 'functions/platform/config.ts' && node.getText() === 'process.env')
    return [at(node, 'only functions/platform/config.ts reads the environment')];
  if (/^(lib|bin)\//.test(file) && file !== 'lib/stage.ts' && /^(tryGetContext|getContext)$/.test(node.name.text))
    return [at(node, 'only lib/stage.ts reads CDK context')];
  return [];
}

/** A test that is passed over, or that silences the others, tells nobody. */
function checkTest({ file, at }: Source, node: ts.Node): string[] {
  if (!file.endsWith('.test.ts') || !ts.isCallExpression(node)) return [];
  const called = node.expression.getText();
  return /^(test|it|describe)(\.\w+)*\.(only|skip|todo|failing)(\.\w+)*$|^(xit|fit|xdescribe|fdescribe|xtest)$/.test(called)
    ? [at(node, `${called} leaves tests out`)]
    : [];
}
