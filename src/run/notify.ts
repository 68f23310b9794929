// Which handlers of a play a name or topic means.

import type { Handler, Play } from '../model.ts';

const indexes = new WeakMap<Play, Map<string, Handler[]>>();

/** The first handler of that name and every handler that listens to it, in the order of definition. */
export function handlersNamed(play: Play, name: string): readonly Handler[] {
  let index = indexes.get(play);
  if (!index) indexes.set(play, (index = indexOf(play)));
  return index.get(name) ?? [];
}

function indexOf(play: Play): Map<string, Handler[]> {
  const index = new Map<string, Handler[]>();
  const names = new Set<string>();
  for (const handler of play.handlers) {
    const name = handler.name?.text;
    const topics = new Set(handler.listen);
    if (name !== undefined && !names.has(name)) topics.add(name);
    if (name !== undefined) names.add(name);
    for (const topic of topics) {
      const listeners = index.get(topic);
      if (listeners) listeners.push(handler);
      else index.set(topic, [handler]);
    }
  }
  return index;
}
