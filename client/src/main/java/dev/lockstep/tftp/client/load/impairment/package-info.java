/**
 * Simulated network impairment: loss, delay, duplication and reordering of the packets of a load test.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.load.impairment.LinkImpairment}.
 */
package dev.lockstep.tftp.client.load.impairment;
