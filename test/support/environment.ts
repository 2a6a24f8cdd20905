/** Tests talk only to the embedded AWS. Any credentials will do, and no shared configuration is read. */
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
});

// Jest colours what its workers print where somebody runs it at a terminal. What the command line prints is compared without.
process.env['NO_COLOR'] = '1';
delete process.env['FORCE_COLOR'];
