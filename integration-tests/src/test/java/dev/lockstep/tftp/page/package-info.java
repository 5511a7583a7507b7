/** The live page of the daemon in a real browser. */
package dev.lockstep.tftp.page;
