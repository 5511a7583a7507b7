/** The server's own parts where the fuzzer can reach them: in its package, without a socket. */
package dev.lockstep.tftp.server;
