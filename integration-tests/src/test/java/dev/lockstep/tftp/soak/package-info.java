/** A long mixed load on one daemon, and a look at what it holds on to. Start with {@link dev.lockstep.tftp.soak.SoakCommand}. */
package dev.lockstep.tftp.soak;
