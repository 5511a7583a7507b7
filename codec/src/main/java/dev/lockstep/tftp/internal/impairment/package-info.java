/**
 * Simulated network impairment of a channel: loss, delay, duplication and reordering. The load test and the test kit
 * use it.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.impairment.ImpairedChannelHandler}.
 */
package dev.lockstep.tftp.internal.impairment;
