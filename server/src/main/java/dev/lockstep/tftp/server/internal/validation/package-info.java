/**
 * Address validation: bounds what is sent to a peer until it has replied, because the source address of a request can be
 * spoofed.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.validation.ReplyBudget} bounds the replies to requests,
 * {@link dev.lockstep.tftp.server.internal.validation.AmplificationLimiter} the bytes of one transfer.
 */
package dev.lockstep.tftp.server.internal.validation;
