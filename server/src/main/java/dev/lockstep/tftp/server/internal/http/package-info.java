/** What the daemon shows on its HTTP port. */
package dev.lockstep.tftp.server.internal.http;
