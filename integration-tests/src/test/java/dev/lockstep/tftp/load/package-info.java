/** The load tester against the server in the same process, and against servers that misbehave. */
package dev.lockstep.tftp.load;
