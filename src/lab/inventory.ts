// The inventory of a lab with its values written out: for tests and benches, and where the lab has several clouds.
// `inventory/lab.yml` of the project says the same by references to lab.json.

import type { LabFile } from './folder.ts';

/** An inventory in Ansible's YAML format. JSON values are YAML values. */
export function labInventory(lab: LabFile): string {
  const lines = ['# Written by the lab.', 'clouds:', '  vars:', ...variables('    ', shared(lab)), '  hosts:'];
  for (const { name, ...cloud } of lab.clouds) {
    lines.push(`    ${name}:`, ...variables('      ', cloud));
  }
  return `${lines.join('\n')}\n`;
}

function shared(lab: LabFile): Readonly<Record<string, unknown>> {
  return {
    ansible_user: 'root',
    ansible_ssh_private_key_file: lab.ssh_private_key_file,
    ssh_config_file: lab.ssh_config_file,
    dns_servers: lab.dns_servers,
    console_domain: lab.console_domain,
    storage_domain: lab.storage_domain,
    certificate_files: lab.certificate_files,
    root_file: lab.root_file,
  };
}

const variables = (indent: string, values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).map(([name, value]) => `${indent}${name}: ${JSON.stringify(value)}`);
