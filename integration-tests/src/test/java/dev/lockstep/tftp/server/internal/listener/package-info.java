/** Internal parts of the server made accessible to the fuzzers: in the package of the server, without a socket. */
package dev.lockstep.tftp.server.internal.listener;
