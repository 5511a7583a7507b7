/** The daemon in front of real origins: nginx and S3Proxy. */
package dev.lockstep.tftp.origin;
