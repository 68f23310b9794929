// One bad input and every problem that has to be told of it, in order.

export interface BadInput {
  readonly name: string;
  /** By name, in the folder where the command is given. */
  readonly files: Readonly<Record<string, string>>;
  /** What follows `cs-play`. */
  readonly args: readonly string[];
  readonly expected: readonly {
    /** `file:line:column`; absent for what has no place. */
    readonly at?: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/** An inventory that is right: two clouds, one of them with a management server, and a machine. */
export const clouds = `clouds:
  hosts:
    eu-1:
      api_url: https://cloud-eu.example.com/client/api
      api_key: "{{ lookup('env', 'EU1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'EU1_SECRET_KEY') }}"
      management_servers: [ms1.example.com]
    us-1:
      api_url: https://cloud-us.example.com/client/api
      api_key: "{{ lookup('env', 'US1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'US1_SECRET_KEY') }}"
  vars:
    console_domain: "*.console.example.com"
machines:
  hosts:
    m1: { ansible_connection: local }
`;

export const run = ['play.yml', '-i', 'hosts.yml'] as const;
