/** The packages, the images and the library artifacts that {@code mvn -Pdist package} makes. */
package dev.lockstep.tftp.dist;
