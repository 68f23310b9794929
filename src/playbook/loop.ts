// `loop` and `loop_control`.

import { nameProblem } from '../inventory/layer.ts';
import type { Expression, LoopControl, MapNode, Node } from '../model.ts';
import { nearest } from '../nearest.ts';
import { constantValue } from '../schema/constant.ts';
import { expectBoolean, expectMap, expectNumber, expectText, field, kindOf } from '../yaml/expect.ts';
import { expressionOf, type Reading, wrongKeyword } from './reading.ts';

/** The list that a task loops over: a list, or a template of one. */
export function loopOf(reading: Reading, node: Node): Expression | undefined {
  const expression = expressionOf(reading, node);
  if (!expression?.constant || Array.isArray(constantValue(expression))) return expression;
  reading.problems.push({ message: `"loop" has to be a list, not ${kindOf(node)}`, at: node.at });
  return expression;
}

const noControl: LoopControl = {
  loopVar: 'item',
  indexVar: undefined,
  label: undefined,
  extended: false,
  pauseSeconds: 0,
};

const controls = ['loop_var', 'index_var', 'label', 'extended', 'pause'];

export function loopControlOf(reading: Reading, node: Node | undefined): LoopControl {
  const { problems } = reading;
  const map = node && expectMap(node, '"loop_control"', problems);
  if (!map) return noControl;
  checkControls(reading, map);
  const label = field(map, 'label');
  const extended = field(map, 'extended');
  const pause = field(map, 'pause');
  return {
    loopVar: variableOf(reading, map, 'loop_var') ?? 'item',
    indexVar: variableOf(reading, map, 'index_var'),
    label: label && expressionOf(reading, label),
    extended: (extended && expectBoolean(extended, '"extended"', problems)) ?? false,
    pauseSeconds: (pause && expectNumber(pause, '"pause"', problems)) ?? 0,
  };
}

function checkControls(reading: Reading, map: MapNode): void {
  for (const { key, keyAt } of map.entries) {
    if (controls.includes(key)) continue;
    const guess = nearest(key, controls);
    const hint = guess ? `did you mean "${guess}"?` : `it has ${controls.join(', ')}`;
    const message = `"loop_control" has no "${key}"`;
    reading.problems.push(key === 'break_when' ? wrongKeyword(key, keyAt, 'task') : { message, at: keyAt, hint });
  }
}

function variableOf(reading: Reading, map: MapNode, key: string): string | undefined {
  const node = field(map, key);
  const name = node && expectText(node, `"${key}"`, reading.problems);
  if (!node || name === undefined) return undefined;
  const problem = nameProblem(name, node.at);
  if (problem) reading.problems.push(problem);
  return name;
}
