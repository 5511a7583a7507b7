/**
 * Address validation: bounds what is sent to a peer until it has replied, because the source address of a request can be
 * spoofed.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.validation.AddressValidation} admits requests, {@link
 * dev.lockstep.tftp.server.internal.validation.PeerValidation} is the state of one peer until it is validated.
 */
package dev.lockstep.tftp.server.internal.validation;
