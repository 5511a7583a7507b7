/** The local end of a transfer: files, streams and arrays as sources and sinks. */
package dev.lockstep.tftp.client.internal.file;
