/**
 * Negotiation of options (RFC 2347, 2348, 2349 and 7440), without input or output.
 *
 * <p>Start here: {@link dev.lockstep.tftp.negotiation.KnownOption} has the rules of each option.
 * {@link dev.lockstep.tftp.negotiation.Negotiation} answers a request and reads the answer to one, within
 * {@link dev.lockstep.tftp.negotiation.TransferLimits}; the result is a
 * {@link dev.lockstep.tftp.negotiation.TransferSettings}. {@link dev.lockstep.tftp.negotiation.Quirks} are the
 * deviations that some clients need.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.negotiation;
