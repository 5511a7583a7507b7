/** The load tester against our own server, in one process, and against servers that misbehave. */
package dev.lockstep.tftp.load;
