"""Measurements of all devices to tracks, events and statistics. Pure: no I/O, no clock, no threads.

Folders are floors: each imports only modules above it in this table.

objects       input: measurements of the drivers       results    output: tracks, events, statistics
algebra       many 2 x 2 matrices at once              geo        places and headings
sensor        one sensor of the site file              camera     image boxes -> places on the road
state         the tracks in memory: table, filter, class, size and heading; pairs of tracks and detections
sensing       one device's measurements, its frame -> site frame, with covariance: window, scan, cluster, vehicles
occlusion     bodies that hide others: the meaning of a miss, the places of hidden road users
tracking      fusion: the front door; association, population (motion, life), the sensors' errors against each other
traffic       lanes, movements, statistics: the motion of tracks on the road
events        one module a rule

video         pictures -> detections
registration  tracks of several sensors -> how they truly stand
scoring       tracks against truth
"""
