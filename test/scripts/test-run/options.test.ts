import { describe, expect, test } from '@jest/globals';
import { parseTestOptions, usage } from '../../../scripts/test-run/options.ts';

describe('The options of the test script', () => {
  test('are taken out wherever they stand; all else goes to jest in its order', () => {
    const given = ['test/local', '--busy', '-t', 'a name', '--repeat', '3', '--bail', 'test/lib'];
    expect(parseTestOptions(given)).toEqual({
      help: false,
      busy: true,
      repeat: 3,
      jest: ['test/local', '-t', 'a name', '--bail', 'test/lib'],
    });
    expect(parseTestOptions(['--repeat=12'])).toEqual({ help: false, busy: false, repeat: 12, jest: [] });
    expect(parseTestOptions([])).toEqual({ help: false, busy: false, repeat: 1, jest: [] });
    expect(parseTestOptions(['--help'])).toMatchObject({ help: true });
  });

  test.each([[['--repeat']], [['--repeat', '0']], [['--repeat', '1.5']], [['--repeat', '1e2']], [['--repeat=']], [['--repeat', '1001']]])(
    'are refused: %j',
    (given) => {
      expect(() => parseTestOptions(given)).toThrow(/--repeat needs a whole number from 1 to 1000/);
    },
  );

  test('are all told by --help', () => {
    for (const option of ['--busy', '--repeat N', '--help']) expect(usage).toContain(option);
  });
});
