// The device flow by openid-client: device_client.mjs ISSUER SCOPE. Writes one JSON line a step.
import * as oauth from 'openid-client'

const [issuer, scope] = process.argv.slice(2)
const tell = (step, facts) => console.log(JSON.stringify({ step, ...facts }))

const config = await oauth.discovery(new URL(issuer), 'mog-cli', undefined, oauth.None(), {
  algorithm: 'oauth2',
  execute: [oauth.allowInsecureRequests],
})
const flow = await oauth.initiateDeviceAuthorization(config, { scope })
tell('started', flow)
try {
  const answer = await oauth.pollDeviceAuthorizationGrant(config, flow)
  tell('approved', answer)
  await oauth.tokenRevocation(config, answer.access_token)
  tell('revoked', {})
} catch (error) {
  tell('refused', { error: error.error ?? error.code ?? error.message })
}
