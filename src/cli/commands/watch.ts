import type { WatchEvent } from '../../api/watch.js';
import { placeOf } from '../../diagnostics/span.js';
import { countOf } from '../../util/format-units.js';
import { paint } from '../../util/text-style.js';
import { type Cli, isLiveTerminal } from '../cli.js';
import { defineCommand } from '../command.js';
import { outputFlags, projectFlags, runFlags, selectionFlags } from '../flags.js';
import { runOptions } from '../project-options.js';
import { interruptible, openReporter } from '../report.js';

export const watch = defineCommand({
  name: 'watch',
  group: 'Build',
  summary: 'Builds again what every save touches.',
  description: 'Errors are shown as they come and go. Ctrl-C ends it.',
  flags: { ...selectionFlags, ...runFlags, ...projectFlags, ...outputFlags },
  examples: [
    ['etl watch', 'the whole project'],
    ['etl watch -s +orders', 'one model and all it needs'],
  ],
  async run({ flags, cli }) {
    const options = await runOptions(flags, cli);
    const { watch } = await import('../../api/watch.js');
    const live = cli.detail !== 'quiet' && isLiveTerminal(cli.stderr, cli.env);
    const reporter = await openReporter(
      cli,
      options.projectDir,
      cli.json ? 'json' : live ? 'tty' : 'plain',
      true,
    );
    const onWatch = (event: WatchEvent) => {
      if (cli.json) cli.stdout.write(`${JSON.stringify(event)}\n`);
      else cli.stderr.write(watchText(event, cli));
    };
    try {
      await interruptible(cli, reporter, (signal) =>
        watch({ ...options, signal, onWatch, onEvent: (event) => reporter.report(event) }),
      );
    } finally {
      reporter.close();
    }
    return 0;
  },
});

function watchText(event: WatchEvent, cli: Cli): string {
  const style = cli.style('stderr');
  switch (event.kind) {
    case 'watching':
      return paint(style, 'dim', `Watching ${event.root}. Ctrl-C ends it.\n`);
    case 'rebuilding': {
      if (event.changed.length === 0) return '';
      const time = new Date().toTimeString().slice(0, 8);
      const [first, ...others] = event.changed;
      const more = others.length > 0 ? ` and ${countOf(others.length, 'other')}` : '';
      return `\n${paint(style, 'dim', time)}  ${paint(style, 'bold', `${first}${more}`)}\n`;
    }
    case 'settled': {
      const gone = event.resolved.map(
        ({ code, span }) => `${paint(style, 'green', 'mended')} ${span ? `${placeOf(span)}  ` : ''}${code}\n`,
      );
      return `${gone.join('')}${paint(style, 'dim', 'Waiting for changes.')}\n`;
    }
  }
}
