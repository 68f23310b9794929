import { isDeepStrictEqual } from 'node:util';
import type { CloudStackReader } from '../../src/connection.ts';
import { assert, tests } from '../tests.ts';
import type { Cloud } from './cloud.ts';
import { apiKey, enveloped, type Reply, refusal, type Script, secretKey, startCloud } from './cloud.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

/** Runs a body with the reading door of a cloud that answers by the script. */
async function withCloud<T>(
  script: Script,
  body: (reader: CloudStackReader, cloud: Cloud) => Promise<T>,
  vars: Record<string, string> = {},
): Promise<T> {
  const cloud = await startCloud(script);
  try {
    const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey, ...vars });
    return await withConnections((connections) => body(connections.reader(host, stepOf()).cloudstack, cloud));
  } finally {
    await cloud.close();
  }
}

const zones = Array.from({ length: 1203 }, (_, index) => ({ id: `zone-${index}`, name: `z${index}` }));

function paged(limit: number): Script {
  return ({ command, parameters }) => {
    const size = Number(parameters['pagesize']);
    const from = (Number(parameters['page']) - 1) * size;
    if (size > limit) return refusal(command, 431, `Page size can't exceed max allowed page size value: ${limit}`);
    const zone = zones.slice(from, from + size);
    return enveloped(command, { count: zones.length, ...(zone.length > 0 ? { zone } : {}) });
  };
}

const json = { 'content-type': 'application/json' };
const NOT_THE_API = 'Failure api-page: listZones: URL answers 200 with something that is not the API';

/** Answers that no CloudStack gives. */
const oddAnswers: Readonly<Record<string, { readonly reply: Reply; readonly says: string }>> = {
  'that counts and lists none': {
    reply: enveloped('listZones', { count: 3 }),
    says: 'Failure api-list: listZones: the answer counts 3 and lists none',
  },
  'with two lists': {
    reply: enveloped('listZones', { count: 1, zone: [{ id: '1' }], tags: [] }),
    says: 'Failure api-list: listZones: the answer holds 2 lists',
  },
  'with a list of texts': {
    reply: enveloped('listZones', { count: 2, zone: ['ams', null] }),
    says: 'Failure api-list: listZones: the answer holds a list of something that is no object',
  },
  'of status 200 with an error text': {
    reply: { ...refusal('listZones', 431, 'no such zone'), status: 200 },
    says: 'Failure api-431: listZones: no such zone (431)',
  },
  'without an envelope': { reply: { headers: json, body: '{}' }, says: `${NOT_THE_API}: "{}"` },
  'that is a text in the envelope': {
    reply: { headers: json, body: '{"listzonesresponse":"ok"}' },
    says: `${NOT_THE_API}: "{"listzonesresponse":"ok"}"`,
  },
  'that ends in the middle of its JSON': {
    reply: { headers: json, body: '{"listzonesresponse":{"count":1,"zone":[{"id"' },
    says: `${NOT_THE_API}: "{"listzonesresponse":{"count":1,"zone":[{"id""`,
  },
  'of nothing': { reply: { body: '' }, says: `${NOT_THE_API}: ""` },
  'that is packed': {
    reply: { headers: { ...json, 'content-encoding': 'gzip' }, body: '\u001f\u008b\u0008\u0000packed' },
    says: `${NOT_THE_API}: "packed"`,
  },
  'of a megabyte of HTML': {
    reply: { body: `<html>${'<p>x</p>'.repeat(131_072)}</html>` },
    says: `${NOT_THE_API}: "${'x '.repeat(100)}…"`,
  },
  'that leads to something that is no URL': {
    reply: { status: 302, headers: { location: 'http://[' }, body: '' },
    says: 'Failure api-redirect: listZones: HOST answers 302 and points to http://[; signed requests do not follow',
  },
  'that has fewer bytes than it says': {
    reply: { headers: { ...json, 'content-length': '100', connection: 'close' }, body: '{"listzonesresponse":{}}' },
    says: 'Unreachable api-reset: listZones: HOST closed the connection in the middle of its answer',
  },
};

tests('reading from the CloudStack API', {
  'a request is a signed POST form with an end of its validity': async () => {
    await withCloud(
      ({ command }) => enveloped(command, { capability: { cloudstackversion: '4.22.0.1' } }),
      async (reader, cloud) => {
        const answer = await reader.read('listCapabilities', { Name: "it's *", none: undefined });
        assert.equal(answer, { capability: { cloudstackversion: '4.22.0.1' } });
        const [call] = cloud.calls;
        assert.equal(
          {
            method: call?.method,
            contentType: call?.contentType,
            signed: call?.signed,
            name: call?.parameters['name'],
          },
          { method: 'POST', contentType: 'application/x-www-form-urlencoded', signed: true, name: "it's *" },
        );
        const names = Object.keys(call?.parameters ?? {}).sort();
        assert.equal(names, ['apikey', 'expires', 'name', 'response', 'signature', 'signatureversion']);
      },
    );
  },
  'a list is read page by page until the count is reached': async () => {
    await withCloud(paged(500), async (reader, cloud) => {
      assert.ok(isDeepStrictEqual(await reader.list('listZones', { available: true }), zones));
      assert.equal(
        cloud.calls.map(({ parameters }) => [parameters['page'], parameters['pagesize'], parameters['available']]),
        [
          ['1', '500', 'true'],
          ['2', '500', 'true'],
          ['3', '500', 'true'],
        ],
      );
    });
  },
  'a server that allows only smaller pages is asked for those': async () => {
    await withCloud(paged(400), async (reader) => {
      assert.is((await reader.list('listZones')).length, 1203);
    });
  },
  'a list that is not paged comes once': async () => {
    const api = Array.from({ length: 700 }, (_, index) => ({ name: `command${index}` }));
    await withCloud(
      ({ command }) => enveloped(command, { count: 700, api }),
      async (reader, cloud) => {
        assert.is((await reader.list('listApis')).length, 700);
        assert.is(cloud.calls.length, 1);
      },
    );
  },
  'no match is an empty list, in every shape': async () => {
    const shapes = [{}, { count: 0 }, { zone: [] }];
    await withCloud(
      ({ command }, index) => enveloped(command, shapes[index]),
      async (reader) => {
        for (const _ of shapes) assert.equal(await reader.list('listZones'), []);
      },
    );
  },
  'a page beyond the end holds a count alone': async () => {
    const zone = zones.slice(0, 500);
    await withCloud(
      ({ command, parameters }) => enveloped(command, { count: 501, ...(parameters['page'] === '1' ? { zone } : {}) }),
      async (reader) => {
        assert.is((await reader.list('listZones')).length, 500);
      },
    );
  },
  'a short page before the end does not end a list': async () => {
    await withCloud(
      ({ command, parameters }) =>
        enveloped(command, {
          count: 900,
          zone: parameters['page'] === '1' ? zones.slice(0, 300) : zones.slice(500, 900),
        }),
      async (reader) => {
        assert.is((await reader.list('listZones')).length, 700);
      },
    );
  },
  'a list without a count is read to its last page': async () => {
    await withCloud(
      ({ command, parameters }) =>
        enveloped(command, { zone: parameters['page'] === '1' ? zones.slice(0, 500) : zones.slice(500, 520) }),
      async (reader) => {
        assert.is((await reader.list('listZones')).length, 520);
      },
    );
  },
  ...Object.fromEntries(
    Object.entries(oddAnswers).map(([title, { reply, says }]) => [
      `an answer ${title} is a failure that says so`,
      () =>
        withCloud(
          () => reply,
          async (reader, { url, port }) => {
            const [text] = (await failureText(reader.list('listZones'))).split('\n');
            assert.is(text?.replace(url, 'URL').replace(`127.0.0.1:${port}`, 'HOST'), says);
          },
        ),
    ]),
  ),
  'a command that may change something is refused before anything is sent': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (reader, cloud) => {
        assert.is(
          await failureText(reader.read('stopSystemVm', { id: 'x' })),
          'Failure not-a-read: stopSystemVm: refused, it may change something, and this is a look\n' +
            'hint: a check may use commands that get, list, query or find; the others belong into apply',
        );
        assert.is(cloud.calls.length, 0);
      },
    );
  },
  'a read is repeated after a lost answer, a busy server and a server in maintenance': async () => {
    const script: Script = ({ command }, index) => {
      if (index === 0) return 'cut';
      if (index === 1)
        return refusal(
          command,
          429,
          'The given user has reached his/her account api limit, please retry after [20] ms.',
        );
      if (index === 2)
        return refusal(
          command,
          503,
          'Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs',
        );
      return enveloped(command, { count: 1, zone: [{ id: '1' }] });
    };
    await withCloud(script, async (reader, cloud) => {
      assert.equal(await reader.list('listZones'), [{ id: '1' }]);
      assert.is(cloud.calls.length, 4);
    });
  },
  'the time that a throttling server asks for is waited': async () => {
    const script: Script = ({ command }, index) =>
      index === 0 ? refusal(command, 429, 'please retry after [600] ms.') : enveloped(command, {});
    await withCloud(script, async (reader) => {
      const started = Date.now();
      await reader.list('listZones');
      assert.ok(Date.now() - started >= 590);
    });
  },
  'a refusal is not repeated': async () => {
    await withCloud(
      ({ command }) => refusal(command, 431, 'no'),
      async (reader, cloud) => {
        await failureText(reader.read('listZones'));
        assert.is(cloud.calls.length, 1);
      },
    );
  },
  'a value over 4096 characters is not sent': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (reader, cloud) => {
        assert.is(
          await failureText(reader.read('listZones', { keyword: 'x'.repeat(4097) })),
          'Failure value-too-long: listZones: the value of "keyword" has 4097 characters\n' +
            'hint: values over 4096 characters keep a CloudStack server busy for minutes and are not sent',
        );
        assert.is(cloud.calls.length, 0);
      },
    );
  },
  'reads share kept connections': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (reader, cloud) => {
        for (let index = 0; index < 20; index++) await reader.list('listZones');
        // The pool may open a second one while the first has not quite finished its answer.
        assert.ok(cloud.connections() <= 2);
      },
    );
  },
  'no more than eight requests are on their way to one cloud': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (reader, cloud) => {
        await Promise.all(Array.from({ length: 40 }, () => reader.list('listZones')));
        assert.is(cloud.calls.length, 40);
        assert.is(cloud.connections(), 8);
      },
    );
  },
  'the clock of the server is known after an answer': async () => {
    const ahead = new Date(Date.now() + 900_000).toUTCString();
    await withCloud(
      ({ command }) => ({ ...enveloped(command, {}), headers: { date: ahead } }),
      async (reader) => {
        assert.is(reader.clockSkewSeconds(), undefined);
        await reader.list('listZones');
        assert.ok(Math.abs((reader.clockSkewSeconds() ?? 0) - 900) <= 1);
      },
    );
  },
  'a probe tells a servlet that is up from a failed start and from nobody': async () => {
    const script: Script = ({ command }, index) =>
      index === 0
        ? { ...refusal(command, 401, 'unable to verify user credentials and/or request signature') }
        : {
            status: 503,
            headers: { 'content-type': 'text/html' },
            body: '<html><head><title>Error 503 Service Unavailable</title></head></html>',
          };
    await withCloud(script, async (reader, cloud) => {
      assert.equal(await reader.probe(), {
        status: 401,
        envelope: true,
        text: 'unable to verify user credentials and/or request signature',
      });
      assert.equal(cloud.calls[0]?.parameters, { response: 'json' });
      assert.equal(await reader.probe(), { status: 503, envelope: false, text: 'Error 503 Service Unavailable' });
      await cloud.close();
      assert.equal(await reader.probe(), {
        status: 'refused',
        envelope: false,
        text: `127.0.0.1:${cloud.port} refuses connections`,
      });
    });
  },
});
