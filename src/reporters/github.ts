import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { TestResult } from '../ir/run-result.js';
import type { Reporter } from '../ports/reporter.js';
import { printableLines } from '../util/display-width.js';
import { failuresText } from './node-line.js';
import type { ReporterOptions } from './reporter-options.js';

/** For GitHub Actions: errors and warnings as annotations at their line, besides what another reporter shows. */
export function githubReporter(options: ReporterOptions): Reporter {
  const shown = new Set<string>();
  const annotate = (line: string) => {
    if (shown.has(line)) return;
    shown.add(line);
    options.stderr.write(`${line}\n`);
  };
  const diagnostics = (all: readonly Diagnostic[]) => {
    for (const diagnostic of all) annotate(diagnosticAnnotation(diagnostic, options.projectPath));
  };
  return {
    report(event) {
      if (event.kind === 'diagnostics') diagnostics(event.diagnostics);
      if (event.kind === 'node-finished') diagnostics(event.result.diagnostics);
      if (event.kind === 'run-finished') diagnostics(event.result.diagnostics);
      if (event.kind === 'test-finished') {
        diagnostics(event.result.diagnostics);
        const { status } = event.result;
        if (status === 'fail' || status === 'warn')
          annotate(testAnnotation(event.result, options.projectPath));
      }
    },
    close() {},
  };
}

function diagnosticAnnotation(diagnostic: Diagnostic, projectPath: string): string {
  const { severity, code, message, hint, span } = diagnostic;
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`;
  return annotation(severity, code, text, span, projectPath);
}

function testAnnotation(result: TestResult, projectPath: string): string {
  const { name, status, span } = result;
  const text = `${name}: ${failuresText(result)}`;
  return annotation(status === 'fail' ? 'error' : 'warning', 'test/failed', text, span, projectPath);
}

function annotation(
  level: 'error' | 'warning',
  title: string,
  message: string,
  span: Span | undefined,
  projectPath: string,
): string {
  const place = span && {
    file: projectPath ? `${projectPath}/${span.file}` : span.file,
    line: span.start.line,
    endLine: span.end.line,
    // GitHub refuses columns of a stretch over several lines.
    ...(span.start.line === span.end.line && { col: span.start.column, endColumn: span.end.column }),
  };
  const properties = Object.entries({ ...place, title }).map(
    ([key, value]) => `${key}=${escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${level} ${properties.join(',')}::${escapeData(printableLines(message).join('\n'))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
