/**
 * Tests both ends against impaired networks and misbehaving peers. Start with {@link
 * dev.lockstep.tftp.resilience.ImpairedTransfers}.
 */
package dev.lockstep.tftp.resilience;
