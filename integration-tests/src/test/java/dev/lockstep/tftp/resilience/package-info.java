/**
 * What the worst networks and the worst peers do to both ends: nothing. Start with {@link
 * dev.lockstep.tftp.resilience.ImpairedTransfers}.
 */
package dev.lockstep.tftp.resilience;
