import {
  ConsoleHandler,
  formatRecord,
  type Handler,
  Logger,
  type LogRecord,
  MultiStreamHandler,
} from '../src/index.js';
import { describe, expect, it, vi } from 'vitest';
import { FakeStream } from './FakeStream.js';

const record: LogRecord = {
  kind: 'scalars',
  level: 'info',
  period: 'epoch',
  step: 20,
  epoch: 2,
  fold: null,
  values: { loss: 0.123456, accuracy: 0.5 },
};

class Recorder implements Handler {
  readonly records: LogRecord[] = [];
  readonly calls: string[] = [];
  emit(received: LogRecord): void {
    this.records.push(received);
  }
  resume(): void {
    this.calls.push('resume');
  }
  flush(): void {
    this.calls.push('flush');
  }
  close(): void {
    this.calls.push('close');
  }
}

describe('Logger', () => {
  it('gives every handler the same frozen record', () => {
    const [a, b] = [new Recorder(), new Recorder()];
    const logger = new Logger({ handlers: [a] }).add(b);
    logger.scalars({ loss: 1 }, { period: 'step', step: 3, epoch: 0 });
    logger.text('hello', 'warning');
    expect(a.records).toEqual([
      { kind: 'scalars', level: 'info', period: 'step', step: 3, epoch: 0, fold: null, values: { loss: 1 } },
      { kind: 'text', level: 'warning', text: 'hello' },
    ]);
    expect(b.records[0]).toBe(a.records[0]);
    expect(Object.isFrozen(a.records[0])).toBe(true);
    expect(() => Object.assign((a.records[0] as { values: object }).values, { loss: 2 })).toThrow(TypeError);
  });

  it('keeps its own copy of the values', () => {
    const handler = new Recorder();
    const values = { loss: 1 };
    new Logger({ handlers: [handler] }).scalars(values, { period: 'step', step: 1, epoch: 0 });
    values.loss = 2;
    expect(handler.records[0]).toMatchObject({ values: { loss: 1 } });
  });

  it('asks level and filter', () => {
    class Picky extends Recorder {
      readonly level = 'warning';
      readonly filter = (received: LogRecord): boolean => received.kind === 'text' && received.text !== 'b';
    }
    const handler = new Picky();
    const logger = new Logger({ handlers: [handler] });
    logger.text('a', 'info');
    logger.text('b', 'error');
    logger.text('c', 'error');
    logger.scalars({}, { period: 'step', step: 1, epoch: 0, level: 'error' });
    expect(handler.records).toEqual([{ kind: 'text', level: 'error', text: 'c' }]);
  });

  it('goes on when a handler fails, reports it once, and asks it again', () => {
    const broken: Handler = {
      emit: vi.fn<() => void>().mockImplementation(() => {
        throw new Error('disk full');
      }),
    };
    const healthy = new Recorder();
    const onHandlerError = vi.fn<(error: unknown, handler: Handler) => void>();
    const logger = new Logger({ handlers: [broken, healthy], onHandlerError });
    logger.text('a');
    logger.text('b');
    expect(broken.emit).toHaveBeenCalledTimes(2);
    expect(onHandlerError.mock.calls).toEqual([[new Error('disk full'), broken]]);
    expect(healthy.records).toHaveLength(2);
  });

  it('reports failures to the standard error stream by default', () => {
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    class Broken implements Handler {
      emit(): void {
        throw new Error('no disk.');
      }
    }
    new Logger({ handlers: [new Broken()] }).text('a');
    expect(write.mock.calls).toEqual([
      ['Broken failed, the run goes on: no disk. Further failures of it are not shown.\n'],
    ]);
    write.mockRestore();
  });

  it('passes resume, flush and close on to those that have them', () => {
    const handler = new Recorder();
    const logger = new Logger({ handlers: [handler, { emit: () => undefined }] });
    logger.resume({ step: 3, fold: null });
    logger.flush();
    logger.close();
    logger.remove(handler).flush();
    expect(handler.calls).toEqual(['resume', 'flush', 'close']);
  });
});

describe('formatRecord', () => {
  it('formats scalars with four significant digits', () => {
    expect(formatRecord(record)).toBe('epoch 2 · step 20 · loss 0.1235 · accuracy 0.5');
    expect(formatRecord({ ...record, fold: 1, values: { lr: 1e-5 } })).toBe('fold 1 · epoch 2 · step 20 · lr 0.00001');
  });

  it('shows the level of warnings and errors', () => {
    expect(formatRecord({ kind: 'text', level: 'info', text: 'compiled' })).toBe('compiled');
    expect(formatRecord({ kind: 'text', level: 'error', text: 'loss is NaN' })).toBe('error: loss is NaN');
  });
});

describe('MultiStreamHandler', () => {
  it('writes each record to every stream, in the given format', () => {
    const [a, b] = [new FakeStream(), new FakeStream()];
    new MultiStreamHandler([a, b], { format: ({ kind }) => `<${kind}>` }).emit(record);
    expect([a.text, b.text]).toEqual(['<scalars>\n', '<scalars>\n']);
  });

  it('may have no stream', () => {
    const logger = new Logger({
      handlers: [new MultiStreamHandler([])],
      onHandlerError: (error) => {
        throw error;
      },
    });
    expect(() => logger.log(record)).not.toThrow();
  });
});

describe('ConsoleHandler', () => {
  const show = (options: ConstructorParameters<typeof ConsoleHandler>[0] = {}): string[] => {
    const stream = new FakeStream();
    const logger = new Logger({ handlers: [new ConsoleHandler({ stream, ...options })] });
    logger.text('detail', 'debug');
    logger.text('ready');
    logger.scalars({ loss: 1 }, { period: 'step', step: 1, epoch: 0 });
    logger.scalars({ loss: 2 }, { period: 'epoch', step: 1, epoch: 0 });
    return stream.lines;
  };

  it('shows texts and the numbers of epochs', () => {
    expect(show()).toEqual(['ready', 'epoch 0 · step 1 · loss 2']);
  });

  it('shows what it is asked to', () => {
    expect(show({ level: 'debug', filter: () => true })).toEqual([
      'detail',
      'ready',
      'epoch 0 · step 1 · loss 1',
      'epoch 0 · step 1 · loss 2',
    ]);
  });

  it('writes to the standard error stream by default', () => {
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    new ConsoleHandler().emit({ kind: 'text', level: 'info', text: 'hello' });
    expect(write.mock.calls).toEqual([['hello\n']]);
    write.mockRestore();
  });
});
