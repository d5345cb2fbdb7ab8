"""Measurements of all devices to tracks, events and statistics. Pure: no I/O, no clock, no threads.

Folders are floors: each imports only what stands above it in this table.

objects       what comes in: the words of drivers      results    what goes out: tracks, events, statistics
algebra       many 2 x 2 matrices at once              geo        places and headings
sensor        one sensor of the site file              camera     image boxes -> places on the road
state         the tracks in memory: table, filter, class, size and heading; pairs of tracks and detections
sensing       one device's words, its own frame -> site frame, with covariance: window, scan, cluster, vehicles
occlusion     bodies that hide others: what a miss means, where hidden road users are
tracking      fusion: the front door; association, population (motion, life), the sensors' errors against each other
traffic       lanes, movements, statistics: what the tracks do on the road
events        one module a rule

video         pictures -> detections
registration  tracks of several sensors -> how they truly stand
scoring       tracks against truth
"""
