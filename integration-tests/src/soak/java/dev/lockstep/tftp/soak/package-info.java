/** Checks that a daemon leaks no resources under a long mixed load. Start with {@link dev.lockstep.tftp.soak.SoakCommand}. */
package dev.lockstep.tftp.soak;
