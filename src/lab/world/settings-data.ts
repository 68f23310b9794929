// CloudStack's own settings as real management servers listed them (4.21.0.0, 4.22.0.1, 4.23.0.0-SNAPSHOT; 4.18 is taken
// from 4.21): those that a lab needs, not all of the nearly 800. One a line:
//
//   name | first-last release line | category | group | subgroup | component | type | flags | default | options
//
// Flags: d dynamic, z also settable for a zone, l of the old list without a config key. Default \N: none.

export const settingLines = String.raw`
account.allow.expose.host.hostname|4.18-4.23|Advanced|Access|Account|VirtualMachineManager|Boolean|d|false|
account.cleanup.interval|4.18-4.23|Advanced|Access|Account|management-server|Number|l|20|
add.host.on.service.restart.kvm|4.18-4.23|Advanced|Hypervisor|Hypervisor|ConfigurationManagerImpl|Boolean|d|true|
admin.is.allowed.to.deploy.anywhere|4.18-4.23|Advanced|Miscellaneous|Others|NetworkModel|Boolean|d|false|
affinity.processors.exclude|4.21-4.23|Advanced|Compute|Virtual Machine|ExtensionRegistry|CSV||\N|
agent.ssl.handshake.timeout|4.18-4.23|Advanced|Management Server|Agent|AgentManager|Number||30|
alert.smtp.enabledSecurityProtocols|4.18-4.23|Advanced|Management Server|Alerts|AlertManager|WhitespaceSeparatedListWithOptions|d||SSLv2Hello,SSLv3,TLSv1,TLSv1.1,TLSv1.2
alert.smtp.host|4.18-4.23|Alert|Management Server|Alerts|management-server|String|l|\N|
allow.diskoffering.change.during.scale.vm|4.18-4.23|Advanced|Storage|Volume|UserVmManager|Boolean|dz|false|
allow.end.users.to.specify.vr.mtu|4.18-4.23|Advanced|System VMs|VirtualRouter|NetworkService|Boolean|dz|false|
api.sessionkey.check.locations|4.18-4.23|Advanced|Management Server|API|ApiServer|Select|d|CookieAndParameter|CookieOrParameter, ParameterOnly, CookieAndParameter
backup.compression.max.concurrent.operations|4.23-4.23|Advanced|Miscellaneous|Backup & Recovery|BackupCompressionServiceJobController|Number|dz|10|
backup.framework.enabled|4.18-4.22|Advanced|Miscellaneous|Others|BackupService|Boolean|z|false|
ca.framework.background.task.delay|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Number|d|3600|
ca.framework.cert.automatic.renewal|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Boolean|d|true|
ca.framework.cert.expiry.alert.period|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Number|d|15|
ca.framework.cert.keysize|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Number|d|2048|
ca.framework.cert.management.custom.san|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|String||cloudstack.internal|
ca.framework.cert.signature.algorithm|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Select|d|SHA256withRSA|SHA256withRSA
ca.framework.cert.systemvm.allow.host.ip|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Boolean|dz|false|
ca.framework.cert.validity.period|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Number|d|365|
ca.framework.inject.default.truststore|4.23-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|Boolean||true|
ca.framework.provider.plugin|4.18-4.22|Advanced|Miscellaneous|Certificate Authority|CAManager|String|d|root|
ca.framework.provider.plugin|4.23-4.23|Advanced|Miscellaneous|Certificate Authority|CAManager|String||root|
ca.plugin.root.allow.expired.cert|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|RootCAProvider|Boolean|d|true|
ca.plugin.root.auth.strictness|4.18-4.23|Advanced|Miscellaneous|Others|RootCAProvider|Boolean|d|false|
ca.plugin.root.issuer.dn|4.18-4.23|Advanced|Miscellaneous|Certificate Authority|RootCAProvider|String|d|CN=ca.cloudstack.apache.org|
ca.plugin.root.private.key|4.18-4.22|Hidden|Miscellaneous|Certificate Authority|RootCAProvider|String|d|\N|
consoleproxy.capacity.standby|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|String|l|10|
consoleproxy.capacity.standby|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|String||10|
consoleproxy.capacityscan.interval|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|String|l|30000|
consoleproxy.capacityscan.interval|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|String||30000|
consoleproxy.cmd.port|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Number|l|8001|
consoleproxy.cmd.port|4.22-4.22|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Number||8001|
consoleproxy.disable.rpfilter|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Boolean|l|true|
consoleproxy.disable.rpfilter|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Boolean|d|true|
consoleproxy.launch.max|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Number|l|10|
consoleproxy.launch.max|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Number||10|
consoleproxy.management.state|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|String|l|Auto|
consoleproxy.management.state|4.22-4.23|Advanced|System VMs|ConsoleProxyVM|ConsoleProxyManager|Select||Auto|Auto,Manual,Suspending,ResetSuspending
consoleproxy.management.state.last|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|String|l|Auto|
consoleproxy.management.state.last|4.22-4.23|Advanced|System VMs|ConsoleProxyVM|ConsoleProxyManager|Select||Auto|Auto,Manual,Suspending,ResetSuspending
consoleproxy.restart|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Boolean|l|true|
consoleproxy.restart|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Boolean|dz|true|
consoleproxy.service.offering|4.18-4.21|Advanced|System VMs|ConsoleProxyVM|management-server|String|l|\N|
consoleproxy.service.offering|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|String|d|\N|
consoleproxy.session.max|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Number|l|50|
consoleproxy.session.max|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Number|d|50|
consoleproxy.session.timeout|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|Number|l|300000|
consoleproxy.session.timeout|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Number|d|300000|
consoleproxy.sslEnabled|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Boolean||false|
consoleproxy.sslEnabled|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|Boolean|z|false|
consoleproxy.url.domain|4.18-4.21|Console Proxy|System VMs|ConsoleProxyVM|AgentManager|String|l||
consoleproxy.url.domain|4.22-4.23|Console Proxy|System VMs|ConsoleProxyVM|ConsoleProxyManager|String|z||
default.page.size|4.18-4.23|Advanced|Miscellaneous|Others|management-server|Number|l|500|
encode.api.response|4.18-4.23|Advanced|Management Server|API|ApiServer|Boolean||false|
enforce.post.requests.and.timestamps|4.21-4.23|Advanced|Miscellaneous|Others|ApiServer|Boolean||false|
expose.cloudstack.version.api.list.capabilities|4.18-4.23|Advanced|Management Server|API|ManagementServer|Boolean|d|true|
extract.url.cleanup.interval|4.18-4.23|Advanced|Management Server|Limits|management-server|Number|l|7200|
extract.url.expiration.interval|4.18-4.23|Advanced|Management Server|Limits|management-server|Number|l|14400|
host|4.18-4.23|Advanced|Hypervisor|Hypervisor|ApiServiceConfiguration|CSV|d|localhost|
integration.api.port|4.18-4.23|Advanced|Management Server|API|ApiServer|Number||0|
ldap.truststore|4.18-4.23|Advanced|Access|LDAP|management-server|String|l|\N|
management.server.maintenance.timeout|4.21-4.23|Advanced|Miscellaneous|Others|ManagementServerMaintenanceManager|Number|d|60|
project.smtp.enabledSecurityProtocols|4.18-4.23|Advanced|Access|Project|ProjectManager|WhitespaceSeparatedListWithOptions|d||SSLv2Hello,SSLv3,TLSv1,TLSv1.1,TLSv1.2
quota.usage.smtp.enabledSecurityProtocols|4.18-4.23|Advanced|Miscellaneous|Quota|QUOTA-PLUGIN|WhitespaceSeparatedListWithOptions|d||SSLv2Hello,SSLv3,TLSv1,TLSv1.1,TLSv1.2
secstorage.allowed.internal.sites|4.18-4.23|Advanced|Infrastructure|Secondary Storage|management-server|String|l|0.0.0.0/0|
secstorage.capacity.standby|4.18-4.23|Advanced|Infrastructure|Secondary Storage|AgentManager|Number|l|10|
secstorage.capacityscan.interval|4.18-4.23|Advanced|Infrastructure|Secondary Storage|SecondaryStorageManagerImpl|Number||30000|
secstorage.cmd.execution.time.max|4.18-4.23|Advanced|Infrastructure|Secondary Storage|AgentManager|Number|l|30|
secstorage.encrypt.copy|4.18-4.23|Advanced|Infrastructure|Secondary Storage|management-server|Boolean|l|false|
secstorage.max.migrate.sessions|4.18-4.23|Advanced|Infrastructure|Secondary Storage|StorageManager|Number||2|
secstorage.nfs.version|4.18-4.23|Advanced|Infrastructure|Secondary Storage|CapacityManager|String|d|\N|
secstorage.private.template.copy.max|4.23-4.23|Advanced|Infrastructure|Secondary Storage|TemplateManager|Number|d|1|
secstorage.proxy|4.18-4.23|Advanced|Infrastructure|Secondary Storage|AgentManager|String|l|\N|
secstorage.public.template.copy.max|4.23-4.23|Advanced|Infrastructure|Secondary Storage|TemplateManager|Number|d|0|
secstorage.service.offering|4.18-4.23|Advanced|Infrastructure|Secondary Storage|management-server|String|l|\N|
secstorage.session.max|4.18-4.23|Advanced|Infrastructure|Secondary Storage|AgentManager|Number|l|50|
secstorage.ssl.cert.domain|4.18-4.23|Advanced|Infrastructure|Secondary Storage|management-server|String|l||
secstorage.vm.auto.scale.down|4.18-4.23|Advanced|Infrastructure|Secondary Storage|StorageManager|Boolean|d|false|
secstorage.vm.mtu.size|4.18-4.23|Advanced|Infrastructure|Secondary Storage|AgentManager|Number|l|1500|
secstorage.vm.userdata|4.22-4.23|Advanced|System VMs|SecStorageVM|SecondaryStorageManagerImpl|String|d||
use.https.to.upload|4.18-4.22|Advanced|Miscellaneous|Others|VolumeApiService|Boolean|d|true|
use.https.to.upload|4.23-4.23|Advanced|Miscellaneous|Others|VolumeApiService|Boolean|dz|true|
user.password.reset.smtp.enabledSecurityProtocols|4.22-4.23|Advanced|Management Server|Security|UserPasswordResetManagerImpl|WhitespaceSeparatedListWithOptions|d||SSLv2Hello,SSLv3,TLSv1,TLSv1.1,TLSv1.2
zone.secstorage.capacity.notificationthreshold|4.18-4.23|Alert|Infrastructure|Secondary Storage|management-server|Range|l|0.75|
`.trim();
