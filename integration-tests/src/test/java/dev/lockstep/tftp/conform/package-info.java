/** Tests of {@code tftp conform} as a command. */
package dev.lockstep.tftp.conform;
