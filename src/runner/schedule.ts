export interface Task {
  readonly id: string;
  /** Ids of tasks that must end well first. Ids that are no task of this schedule count as done. */
  readonly after: readonly string[];
}

/** `retry-alone` runs the task once more while nothing else runs, for work that needs all the memory. */
export type TaskOutcome = 'done' | 'failed' | 'retry-alone';

export interface ScheduleOptions<T extends Task> {
  readonly concurrency: number;
  run(task: T, alone: boolean): Promise<TaskOutcome>;
  /** Called for a task that never runs, with the id of the failed task that it waited for, through others or not. */
  skip(task: T, because: string | undefined): void;
  /** When it becomes true no further task starts; those left are skipped. */
  stopped(): boolean;
}

/** Runs tasks as soon as all they wait for are done, in their given order where there is a choice. */
export async function schedule<T extends Task>(
  tasks: readonly T[],
  options: ScheduleOptions<T>,
): Promise<void> {
  const ids = new Set(tasks.map((task) => task.id));
  const waitingFor = new Map<string, number>();
  const dependents = new Map<string, T[]>();
  const position = new Map(tasks.map((task, index) => [task.id, index]));
  const ready: T[] = [];
  const alone: T[] = [];
  const ended = new Set<string>();
  let running = 0;

  for (const task of tasks) {
    const after = [...new Set(task.after)].filter((id) => ids.has(id) && id !== task.id);
    waitingFor.set(task.id, after.length);
    for (const id of after) {
      const list = dependents.get(id) ?? [];
      list.push(task);
      dependents.set(id, list);
    }
    if (after.length === 0) ready.push(task);
  }

  const skipDependents = (id: string, cause: string): void => {
    for (const task of dependents.get(id) ?? []) {
      if (ended.has(task.id)) continue;
      ended.add(task.id);
      options.skip(task, cause);
      skipDependents(task.id, cause);
    }
  };

  const finish = (task: T, outcome: TaskOutcome): void => {
    if (outcome === 'retry-alone') {
      alone.push(task);
      return;
    }
    ended.add(task.id);
    if (outcome === 'failed') {
      skipDependents(task.id, task.id);
      return;
    }
    for (const next of dependents.get(task.id) ?? []) {
      const left = waitingFor.get(next.id)! - 1;
      waitingFor.set(next.id, left);
      if (left === 0 && !ended.has(next.id)) insertInOrder(ready, next, position);
    }
  };

  await new Promise<void>((resolve, reject) => {
    const start = (task: T, isAlone: boolean): void => {
      running++;
      options.run(task, isAlone).then((outcome) => {
        running--;
        finish(task, outcome);
        advance();
      }, reject);
    };
    const advance = (): void => {
      if (!options.stopped()) {
        if (alone.length > 0) {
          if (running === 0) start(alone.shift()!, true);
          return;
        }
        while (running < options.concurrency && ready.length > 0) start(ready.shift()!, false);
      }
      if (running === 0) resolve();
    };
    advance();
  });

  for (const task of tasks) if (!ended.has(task.id)) options.skip(task, undefined);
}

function insertInOrder<T extends Task>(ready: T[], task: T, position: ReadonlyMap<string, number>): void {
  const own = position.get(task.id)!;
  let at = ready.length;
  while (at > 0 && position.get(ready[at - 1]!.id)! > own) at--;
  ready.splice(at, 0, task);
}
