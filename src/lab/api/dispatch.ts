// From a call to an answer: admitted, checked, run, put into its envelope, written down.

import type { Install, ServerRow } from '../world/install.ts';
import { Refusal } from '../world/refusal.ts';
import { takesJobs } from '../world/servers.ts';
import { type Answer, type Content, type Format, failure, success } from './answer.ts';
import { type AsyncCommand, type Command, CommandCall, checkParameters } from './command.ts';
import { commandsOf } from './commands.ts';
import { admit } from './gate.ts';
import { postOnly } from './pages.ts';
import { type ApiCall, parameter } from './request.ts';
import { Sessions } from './sessions.ts';

/** The API of one management server. */
export class Api {
  readonly #install: Install;
  readonly #server: ServerRow;
  readonly #commands: ReadonlyMap<string, Command>;
  readonly sessions = new Sessions();

  constructor(install: Install, server: ServerRow) {
    this.#install = install;
    this.#server = server;
    this.#commands = commandsOf(install.options.profile);
  }

  find(call: ApiCall): Command | undefined {
    return this.#commands.get(parameter(call, 'command') ?? '');
  }

  /** Never throws for what a client can send. */
  answer(call: ApiCall): Answer {
    const name = parameter(call, 'command');
    const format: Format = parameter(call, 'response')?.toLowerCase() === 'json' ? 'json' : 'xml';
    const command = this.find(call);
    try {
      if (name === 'login') return this.#login(call, format);
      if (name === 'logout') return this.#logout(call, format);
      return this.#run(call, command, format);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return failure(envelopeOf(name, command), error, format);
    }
  }

  #run(call: ApiCall, command: Command | undefined, format: Format): Answer {
    admit(this.#install, this.#server, this.sessions, call, command);
    if (command === undefined) throw new RangeError('admitted without a command');
    const values = checkParameters(this.#install, command, call.parameters);
    const content = this.#execute(command, new CommandCall(this.#install, this.#server, values));
    return success(`${command.name.toLowerCase()}response`, content, format, this.#install.rules);
  }

  #execute(command: Command, call: CommandCall): Content {
    if (command.kind === 'read') return command.run(call);
    if (command.kind === 'async') return this.#submit(command, call);
    const { did, content } = command.run(call);
    this.#write(command, did, call);
    return content;
  }

  #submit(command: AsyncCommand, call: CommandCall): Content {
    if (!takesJobs(this.#server)) {
      const text = 'Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs';
      throw new Refusal(503, text, { exception: 'ServerApi' });
    }
    const { instance, did, work } = command.run(call);
    const job = this.#install.jobs.submit({
      command: command.name.toLowerCase(),
      parameters: parametersOf(command, call),
      class: command.class,
      instance,
      server: this.#server.id,
      customId: call.text('customjobid'),
      work,
    });
    this.#write(command, did, call);
    return { jobid: job.id };
  }

  #write(command: Command, did: string, call: CommandCall): void {
    const parameters = parametersOf(command, call);
    this.#install.writes.push({ at: new Date().toISOString(), command: command.name, parameters, did });
  }

  #login(call: ApiCall, format: Format): Answer {
    if (call.method !== 'POST') return postOnly();
    const { content, cookies } = this.sessions.login(call, this.#install, this.#server);
    return withCookies(success('loginresponse', content, format, this.#install.rules), cookies);
  }

  #logout(call: ApiCall, format: Format): Answer {
    const { content, cookies } = this.sessions.logout(call);
    return withCookies(success('logoutresponse', content, format, this.#install.rules), cookies);
  }
}

/** As they were given, without secrets. */
function parametersOf(command: Command, call: CommandCall): Readonly<Record<string, string>> {
  return Object.fromEntries(
    command.parameters.flatMap(({ name }) => {
      const value = call.text(name);
      return value === undefined ? [] : [[name, name === 'privatekey' ? '***' : value]];
    }),
  );
}

const withCookies = (answer: Answer, cookies: readonly string[]): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'Set-Cookie': cookies, Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' },
});

/** The envelope of a refusal: undefined where there was no command at all. */
export function envelopeOf(name: string | undefined, command: Command | undefined): string | undefined {
  if (name === 'login') return 'loginresponse';
  if (command) return `${command.name.toLowerCase()}response`;
  return name === undefined ? undefined : 'errorresponse';
}
