/**
 * The configuration that the parts of the server share.
 */
package dev.lockstep.tftp.server.internal;
