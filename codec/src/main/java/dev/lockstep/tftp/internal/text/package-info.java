/**
 * Text of addresses and of untrusted names for logs and terminals.
 */
package dev.lockstep.tftp.internal.text;
